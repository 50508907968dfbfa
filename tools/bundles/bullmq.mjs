// What Unbraid uses of BullMQ; see vite.bundles.config.ts.
export { DelayedError, Queue, QueueEvents, UnrecoverableError, Worker } from 'bullmq';
