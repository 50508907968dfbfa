// Gives a forked process the port that Electron's utility processes have, over its IPC channel.
import { EventEmitter } from 'node:events';

const port = new EventEmitter();
port.postMessage = (message) => process.send(message);
// Messages wait for the first listener, as they do at Electron's port.
port.once('newListener', () => process.on('message', (data) => port.emit('message', { data, ports: [] })));
process.parentPort = port;
