package io.traffik.attack.scenario;

import java.time.Duration;

/** The size of attacks. */
public enum AttackScale {
  /** All attacks take at most five minutes. */
  LONG(Duration.ofMillis(3_000), 60, Duration.ofMillis(500), 8, 10_000, 80),

  /** For the build: counts are checked, times are not. */
  SHORT(Duration.ofMillis(1_000), 10, Duration.ofMillis(50), 3, 2_000, 30);

  private final Duration flood;
  private final int bursts;
  private final Duration handling;
  private final int rounds;
  private final int handshakes;
  private final int largeMessages;

  AttackScale(
      Duration flood,
      int bursts,
      Duration handling,
      int rounds,
      int handshakes,
      int largeMessages) {
    this.flood = flood;
    this.bursts = bursts;
    this.handling = handling;
    this.rounds = rounds;
    this.handshakes = handshakes;
    this.largeMessages = largeMessages;
  }

  /** The duration of a flood. */
  Duration flood() {
    return flood;
  }

  /** Repetitions of a burst with a new client. */
  int bursts() {
    return bursts;
  }

  /** The time that a slow handler takes. */
  Duration handling() {
    return handling;
  }

  /** Concurrent requests of each connection, one after another. */
  int rounds() {
    return rounds;
  }

  /** Handshakes that are refused. */
  int handshakes() {
    return handshakes;
  }

  /** Large messages of each connection. */
  int largeMessages() {
    return largeMessages;
  }
}
