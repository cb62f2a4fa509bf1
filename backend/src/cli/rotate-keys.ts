// npm run keys:rotate: makes a new master key. What older keys sealed stays readable; restart the instance to seal with it.
import 'reflect-metadata';
import { environment, InstanceConfig, readConfig } from '#platform/config/index.js';
import { KeyRing, KeyRingError } from '#platform/crypto/index.js';

try {
  const { id } = KeyRing.open(readConfig(InstanceConfig, environment()).dataDir).rotate();
  console.log(
    `The master key is now "${id}". Restart Signalbox, and keep a copy of the folder "keys" apart from backups.`,
  );
} catch (error) {
  if (!(error instanceof KeyRingError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
