"""Names that JavaScript and TypeScript have without declaring them: the language, browsers, Node, runners of tests."""

from typing import Final

_NAMES: Final = """
$ AbortController AbortSignal AggregateError Array ArrayBuffer Atomics Audio BigInt BigInt64Array BigUint64Array
Blob Boolean BroadcastChannel Buffer Bun ByteLengthQueuingStrategy CSS Comment CompressionStream
CountQueuingStrategy Crypto CryptoKey CustomEvent DOMException DOMParser DataView Date DecompressionStream Deno
Document DocumentFragment Element Error EvalError Event EventSource EventTarget File FileList FileReader
FinalizationRegistry Float32Array Float64Array FormData Function HTMLElement Headers Image Infinity Int16Array
Int32Array Int8Array IntersectionObserver Intl Iterator JSON KeyboardEvent Map Math MessageChannel MessageEvent
MessagePort MouseEvent MutationObserver NaN Node Notification Number Object Option Performance PerformanceEntry
PerformanceMark PerformanceMeasure PerformanceObserver PerformanceObserverEntryList PerformanceResourceTiming
PointerEvent ProgressEvent Promise Proxy Range RangeError ReadableByteStreamController ReadableStream
ReadableStreamBYOBReader ReadableStreamBYOBRequest ReadableStreamDefaultController ReadableStreamDefaultReader
ReferenceError Reflect RegExp Request ResizeObserver Response SVGElement Selection Set SharedArrayBuffer
SharedWorker String SubtleCrypto Symbol SyntaxError Text TextDecoder TextDecoderStream TextEncoder TextEncoderStream
TouchEvent TransformStream TransformStreamDefaultController TypeError URIError URL URLSearchParams Uint16Array
Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly WebSocket Worker WritableStream
WritableStreamDefaultController WritableStreamDefaultWriter XMLHttpRequest XMLSerializer __dirname __filename
addEventListener after afterAll afterEach alert arguments assert atob before beforeAll beforeEach blur btoa caches
cancelAnimationFrame cancelIdleCallback clearImmediate clearInterval clearTimeout close confirm console context
createImageBitmap crypto customElements decodeURI decodeURIComponent define describe dispatchEvent document
encodeURI encodeURIComponent escape eval event expect exports fetch find focus frames getComputedStyle getSelection
global globalThis history importScripts indexedDB isFinite isNaN it jQuery jest length localStorage location
matchMedia module moveTo name navigator open origin parent parseFloat parseInt performance postMessage print process
prompt queueMicrotask removeEventListener reportError requestAnimationFrame requestIdleCallback require resizeTo
screen scroll scrollBy scrollTo self sessionStorage setImmediate setInterval setTimeout status stop structuredClone
suite test top undefined unescape vi window
"""
GLOBALS: Final = frozenset(_NAMES.split())
