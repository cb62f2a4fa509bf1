// Loaded into the application before its own code: ends it cleanly when the command that started it is gone (kill -9).
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
