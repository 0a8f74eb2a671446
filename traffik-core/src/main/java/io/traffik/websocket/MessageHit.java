package io.traffik.websocket;

import io.traffik.ConnectionView;
import io.traffik.ThrottleGroup;

/**
 * A message, a ping or a new connection, together with the throttles that decide about it.
 *
 * @param view the view that the throttles receive
 * @param throttles the throttles, possibly none
 */
record MessageHit(ConnectionView view, ThrottleGroup throttles) {}
