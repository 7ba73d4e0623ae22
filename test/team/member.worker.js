// One of the threads of team.test.ts: joins one search after the other.

import { parentPort, workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register()
const { takePart } = await import(workerData.module)
parentPort.on('message', membership => {
  takePart(membership)
  parentPort.postMessage('left')
})
parentPort.postMessage('ready')
