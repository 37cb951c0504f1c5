// SPDX-License-Identifier: Apache-2.0
/* The SharedWorker that holds the one stream of this browser and hands its changes to every tab. */
import { StreamHolder } from './stream';

const scope = self as unknown as SharedWorkerGlobalScope;
const ports = new Set<MessagePort>();
const holder = new StreamHolder((note) => ports.forEach((port) => port.postMessage(note)));

scope.onconnect = (event) => {
    const port = event.ports[0];
    if (!port) return;
    port.onmessage = ({ data }: MessageEvent<string>) => {
        if (data === 'hello') {
            const is_first = ports.size === 0;
            ports.add(port);
            if (is_first) holder.open();
            port.postMessage({ kind: 'state', state: holder.state });
        } else if (data === 'again') {
            holder.open();
        } else if (data === 'bye') {
            ports.delete(port);
            if (ports.size === 0) holder.close();
        }
    };
    port.start();
};
