// What Unbraid uses of electron-updater; see vite.bundles.config.ts.
export { autoUpdater } from 'electron-updater';
