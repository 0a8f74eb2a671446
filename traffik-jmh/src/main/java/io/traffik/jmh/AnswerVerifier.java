package io.traffik.jmh;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Whether a thread of a benchmark got the answers that the benchmark says it measures. A run with a
 * wrong one fails.
 */
@State(Scope.Thread)
public class AnswerVerifier {

  private long wrong;

  void countUnexpected() {
    wrong++;
  }

  /** Fails the run if an answer was wrong. */
  @TearDown(Level.Iteration)
  public void requireNoneUnexpected() {
    if (wrong > 0) {
      throw new IllegalStateException("hits with another answer than is measured: " + wrong);
    }
  }
}
