import { registerRootComponent } from 'expo';
import { App } from './src/app.tsx';
import { handOver } from './src/session/provider.ts';

if (!handOver()) registerRootComponent(App);
