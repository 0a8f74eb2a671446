package io.traffik.attack.server;

/**
 * A part of the server under attack that listens on 127.0.0.1.
 *
 * @param port its port
 * @param stopping stops it
 */
record StartedApplication(int port, Runnable stopping) {

  static final String HOST = "127.0.0.1";

  void stop() {
    stopping.run();
  }
}
