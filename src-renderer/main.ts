import { mount } from 'svelte';
import { config } from 'zod';
import './app.css';
import App from './views/App.svelte';
import { Pictures } from './picture/pictures.js';
import { AppController } from './state/app.svelte.js';
import { exposeDebug } from './state/debug.js';

// The page's policy forbids code made at run time, which zod would try.
config({ jitless: true });

const app = new AppController();
const pictures = new Pictures(() => app.song && app.song.generation++, app.fail);
if (new URLSearchParams(location.search).has('debug')) exposeDebug(app);
mount(App, { target: document.getElementById('app')!, props: { app, pictures } });
