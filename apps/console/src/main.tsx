// Where the console starts: theme before the first paint, then who is signed in, then the pages.
import '@fontsource-variable/inter/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/forced-colors.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createSessions } from './session/sessions.ts';
import { applyTheme } from './ui/theme.ts';

applyTheme();
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App sessions={createSessions()} />
  </StrictMode>,
);
