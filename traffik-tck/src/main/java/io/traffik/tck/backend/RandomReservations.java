package io.traffik.tck.backend;

import io.traffik.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Random reservations and cancellations of one client. Rule B3 holds for the instants at which the
 * remaining hits proceed.
 */
final class RandomReservations {

  private static final int STEPS = 40;

  /** A hit that proceeds between two instants. */
  private record Reservation(long cost, long before, long after) {}

  private final TestTime time;
  private final SeededRandom random;
  private final Rate rate;
  private final BucketOracle client;
  private final List<Reservation> reservations = new ArrayList<>();

  RandomReservations(BackendFixture fixture, SeededRandom random) {
    this.time = fixture.time();
    this.random = random;
    long capacity = random.between(1L, 4L);
    // A cancellation that is half an interval late could count as one of a later reservation.
    this.rate = Rate.of(1, Duration.ofNanos(time.longUnit())).withCapacity(capacity);
    this.client = fixture.client(rate).exact();
  }

  void run() {
    for (int i = 0; i < STEPS; i++) {
      time.elapse(random.between(0, 4) < 3 ? 0 : random.between(0, 2 * time.unit()));
      if (random.between(0, 2) > 0) {
        reserve();
      } else {
        cancel();
      }
    }
    GrantLog grants = new GrantLog(rate);
    reservations.sort(Comparator.comparingLong(Reservation::before));
    for (Reservation reservation : reservations) {
      grants.add(reservation.cost(), reservation.before(), reservation.after());
      grants.assertWithinRate(time);
    }
  }

  private void reserve() {
    long cost = random.between(1, rate.capacity());
    long before = time.now();
    long wait = client.reserve(cost, 2L * STEPS * rate.capacity() * time.longUnit());
    reservations.add(new Reservation(cost, before + wait, time.now() + wait));
  }

  private void cancel() {
    List<Reservation> waiting =
        reservations.stream().filter(reservation -> reservation.before() > time.now()).toList();
    if (!waiting.isEmpty()) {
      Reservation cancelled = random.oneOf(waiting);
      long promised = cancelled.before() - time.now();
      if (promised > 0) {
        reservations.remove(cancelled);
        client.cancel(cancelled.cost(), promised);
      }
    }
  }
}
