package io.traffik.attack.server;

import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.util.concurrent.atomic.AtomicLong;

/** The number of HTTP sessions of a server. Thread-safe. */
final class SessionCounter implements HttpSessionListener {

  private final AtomicLong sessions = new AtomicLong();

  @Override
  public void sessionCreated(HttpSessionEvent event) {
    sessions.incrementAndGet();
  }

  @Override
  public void sessionDestroyed(HttpSessionEvent event) {
    sessions.decrementAndGet();
  }

  long count() {
    return sessions.get();
  }
}
