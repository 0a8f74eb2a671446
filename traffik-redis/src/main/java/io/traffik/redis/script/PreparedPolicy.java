package io.traffik.redis.script;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.KeyEncoder;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Converts the calls of one policy to keys and arguments of the script. */
public final class PreparedPolicy {

  static final int NANOS_PER_MICRO = 1_000;

  private static final int PLAIN_ARGUMENTS = 5;
  private static final int ARGUMENTS_WITH_FILL = 7;

  private final QuotaPolicy policy;
  private final KeyEncoder keys;
  private final @Nullable LongSupplier clock;
  private final AnswerDecoder answers;
  private final String[] intervals;
  private final String[] singleTokenHit;

  /**
   * @param clock microseconds since 1970, for tests; null for the server's clock
   */
  PreparedPolicy(QuotaPolicy policy, KeyEncoder keys, @Nullable LongSupplier clock) {
    this.policy = policy;
    this.keys = keys;
    this.clock = clock;
    this.answers = new AnswerDecoder(policy);
    this.intervals =
        policy.rates().stream().map(r -> Long.toString(r.nanosPerToken())).toArray(String[]::new);
    this.singleTokenHit = encode("h", Operation.HIT, 1, 0);
  }

  /** The Redis key of a bucket. */
  public String key(String identity, String scope) {
    return keys.encode(policy.uid(), identity, scope);
  }

  /** The decoder of the script's answers. */
  public AnswerDecoder answers() {
    return answers;
  }

  /** The arguments of a script call with one operation; must not be changed. */
  public String[] arguments(Operation operation, long cost, long argument) {
    String[] arguments = operationArguments(operation, cost, argument);
    if (clock == null) {
      return arguments;
    }
    String[] withClock = Arrays.copyOf(arguments, arguments.length + 1);
    withClock[arguments.length] = Long.toString(clock.getAsLong());
    return withClock;
  }

  /** The arguments of one operation, without the clock; must not be changed. */
  String[] operationArguments(Operation operation, long cost, long argument) {
    if (operation == Operation.HIT && cost == 1 && argument == 0) {
      return singleTokenHit;
    }
    return encode(letter(operation, cost, argument), operation, cost, argument);
  }

  /** A hit that takes nothing, or can never be granted, is a peek. */
  private String letter(Operation operation, long cost, long argument) {
    boolean plain = argument == 0;
    return switch (operation) {
      case HIT -> cost > 0 && cost <= policy.capacity() ? plain ? "h" : "H" : plain ? "p" : "P";
      case PEEK -> plain ? "p" : "P";
      case REFUND -> cost == 0 ? "l" : plain ? "r" : "R";
      case SETTLE -> cost == 0 ? "l" : "S";
    };
  }

  private String[] encode(String letter, Operation operation, long cost, long argument) {
    boolean plain = Character.isLowerCase(letter.charAt(0));
    int stride = plain ? PLAIN_ARGUMENTS : ARGUMENTS_WITH_FILL;
    String[] arguments = new String[1 + stride * policy.size()];
    arguments[0] = letter;
    for (int i = 0; i < policy.size(); i++) {
      Rate rate = policy.rate(i);
      int first = 1 + stride * i;
      encodeNanos(limit(rate, operation, argument), arguments, first);
      boolean mayExceedCapacity = operation == Operation.REFUND || operation == Operation.SETTLE;
      long tokens = mayExceedCapacity ? cost : Math.min(cost, rate.capacity());
      encodeNanos(timeOf(tokens, rate), arguments, first + 2);
      arguments[first + 4] = intervals[i];
      if (!plain) {
        encodeNanos(rate.fillNanos(), arguments, first + 5);
      }
    }
    return arguments;
  }

  /** The largest debt that an operation may leave, or that a cancelled reservation may have. */
  static long limit(Rate rate, Operation operation, long argument) {
    long fill = rate.fillNanos();
    return switch (operation) {
      case HIT, PEEK -> Math.min(Margin.MAX_NANOS, fill + Math.min(argument, Margin.MAX_NANOS));
      case REFUND -> argument == 0 ? fill : limitOfLastReservation(rate, argument);
      case SETTLE -> Math.min(Margin.MAX_NANOS, fill + timeOf(argument, rate));
    };
  }

  /**
   * The last reservation proceeds when the debt has fallen to the capacity. A later one would have
   * added a whole token, so half a token is tolerance for the caller's clock.
   */
  private static long limitOfLastReservation(Rate rate, long promised) {
    long debt = rate.fillNanos() + Math.min(promised, Margin.MAX_NANOS);
    long tolerance = rate.nanosPerToken() / 2;
    return Math.min(debt, 2 * Margin.MAX_NANOS - tolerance) + tolerance;
  }

  /** The time in which some tokens refill, at most 140 years. */
  static long timeOf(long tokens, Rate rate) {
    return tokens > Margin.MAX_NANOS / rate.nanosPerToken()
        ? Margin.MAX_NANOS
        : tokens * rate.nanosPerToken();
  }

  private static void encodeNanos(long nanos, String[] arguments, int index) {
    arguments[index] = Long.toString(nanos / NANOS_PER_MICRO);
    arguments[index + 1] = Long.toString(nanos % NANOS_PER_MICRO);
  }
}
