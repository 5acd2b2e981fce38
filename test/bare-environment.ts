// What a process that a test starts has of this one's environment. No setting of whoever runs the tests is
// among it.

export const bareEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env['PATH'],
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
};
