import { mount } from 'svelte';
import './app.css';
import App from './views/App.svelte';
import { AppController } from './state/app.svelte.js';
import { exposeDebug } from './state/debug.js';

const app = new AppController();
if (new URLSearchParams(location.search).has('debug')) exposeDebug(app);
mount(App, { target: document.getElementById('app')!, props: { app } });
