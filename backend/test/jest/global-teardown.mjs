/** Stops what global-setup started and removes its folder. */
export default async function globalTeardown() {
  const { signalboxServices } = /** @type {{signalboxServices: {stop: () => Promise<void>}}} */ (
    /** @type {unknown} */ (globalThis)
  );
  await signalboxServices.stop();
}
