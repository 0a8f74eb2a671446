package io.traffik.tck.websocket;

import io.traffik.Backend;
import java.util.List;

/**
 * What a server must be like for one test of {@link WebSocketContract}.
 *
 * @param sockets the WebSockets to serve, one or several
 * @param backend the application's: throttles without a backend of their own find it through the
 *     connection view. Open until the test is over; the server may open, reset and close it
 */
public record SocketPlan(List<PlannedSocket> sockets, Backend backend) {}
