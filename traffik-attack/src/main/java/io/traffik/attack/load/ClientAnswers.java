package io.traffik.attack.load;

import java.util.List;
import java.util.stream.Stream;

/**
 * The answers that clients received.
 *
 * @param statuses the answers by status
 * @param unanswered messages without an answer, after which a client stops
 * @param nanos the time from sending to the answer, of each message
 */
public record ClientAnswers(StatusCounts statuses, long unanswered, List<Long> nanos) {

  /** Adds up the answers of several clients. */
  public static ClientAnswers of(List<ClientAnswers> clients) {
    StatusCounts statuses = new StatusCounts();
    clients.forEach(client -> statuses.add(client.statuses));
    return new ClientAnswers(
        statuses,
        clients.stream().mapToLong(ClientAnswers::unanswered).sum(),
        clients.stream().map(ClientAnswers::nanos).flatMap(List::stream).sorted().toList());
  }

  /** Returns the answers that are neither 200 nor a denial, and the missing ones. */
  public long failed() {
    return unanswered + statuses.total() - granted() - denied();
  }

  /** Returns the messages that were handled. */
  public long granted() {
    return statuses.of(StatusCounts.OK);
  }

  /** Returns the denied messages, because of a limit or of overload. */
  public long denied() {
    return Stream.of(StatusCounts.DENIED, StatusCounts.OVERLOADED).mapToLong(statuses::of).sum();
  }

  /**
   * Returns a quantile of the times.
   *
   * @return milliseconds; NaN if there is no answer
   */
  public double millis(double quantile) {
    return nanos.isEmpty()
        ? Double.NaN
        : nanos.get((int) Math.min(nanos.size() - 1L, (long) (quantile * nanos.size()))) / 1e6;
  }
}
