import * as signalR from '@microsoft/signalr';
import * as messagePack from '@microsoft/signalr-protocol-msgpack';
import { testConformance } from '../conformance.ts';
import { createDriver } from './driver.ts';
import { ways } from './ways.ts';

testConformance({ name: 'the official JavaScript client in Node', ways }, async () => ({
  run: createDriver({ signalR, messagePack }),
  async [Symbol.asyncDispose]() {},
}));
