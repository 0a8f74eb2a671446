package io.traffik;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The outcome of {@link ThrottleGroup#admit}: a charge per throttle, or the denial of one throttle.
 * Immutable.
 *
 * @param charges the charges in the order of the group; empty if the connection is denied
 * @param denial the denial; empty if the connection may proceed
 */
public record Admission(List<Charge> charges, Optional<ConnectionThrottledException> denial) {

  /**
   * Creates an outcome.
   *
   * @param charges not null
   * @param denial not null
   */
  public Admission {
    charges = List.copyOf(charges);
    Objects.requireNonNull(denial, "denial must not be null");
  }

  static Admission of(List<Charge> charges) {
    return new Admission(charges, Optional.empty());
  }

  static Admission denied(ConnectionThrottledException denial) {
    return new Admission(List.of(), Optional.of(denial));
  }
}
