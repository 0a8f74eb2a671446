package io.traffik.tck.websocket;

import io.traffik.Backend;
import java.util.List;

/**
 * The WebSockets and the backend of a server for one test of {@link WebSocketContract}.
 *
 * @param sockets the WebSockets to serve, at least one
 * @param backend the application's backend, which the connection view must return; the server may
 *     open, reset and close it
 */
public record SocketPlan(List<PlannedSocket> sockets, Backend backend) {}
