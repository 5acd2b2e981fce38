// The app has its own packages; the client and the contracts are the sources that the console and the
// server use. Metro watches just those two folders besides the app, so what they import is found among
// the app's own packages, whether those of the repository's root are installed or not.
const { join } = require('node:path');
const { getDefaultConfig } = require('expo/metro-config');

const root = join(__dirname, '../..');
const config = getDefaultConfig(__dirname);
config.watchFolders = [join(root, 'packages/client'), join(root, 'src/contracts')];
config.resolver.nodeModulesPaths = [join(__dirname, 'node_modules')];
// The settings are written into the code, and the cache keeps the code: others need another one.
const settings = Object.entries(process.env).filter(([name]) => name.startsWith('EXPO_PUBLIC_'));
config.cacheVersion = JSON.stringify([
  config.cacheVersion,
  settings.toSorted(([a], [b]) => (a < b ? -1 : 1)),
]);
module.exports = config;
