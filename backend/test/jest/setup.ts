// Before any decorator of ours is applied.
import 'reflect-metadata';
