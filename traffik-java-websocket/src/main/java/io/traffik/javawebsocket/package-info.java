/**
 * Rate limiting of raw Java-WebSocket servers, by {@link
 * io.traffik.javawebsocket.ThrottledWebSockets}.
 */
package io.traffik.javawebsocket;
