/**
 * The shared parts of WebSocket adapters: the throttles of each message, the order of delivery and
 * the answers to throttled messages. An adapter creates one {@link
 * io.traffik.websocket.MessageDispatcher} per connection and passes each message to it.
 */
package io.traffik.websocket;
