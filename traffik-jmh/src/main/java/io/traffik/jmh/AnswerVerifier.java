package io.traffik.jmh;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A counter of hits that got another answer than the benchmark measures. An iteration with such a
 * hit fails.
 */
@State(Scope.Thread)
public class AnswerVerifier {

  private long wrong;

  void countUnexpected() {
    wrong++;
  }

  /** Fails the iteration if a hit got an unexpected answer. */
  @TearDown(Level.Iteration)
  public void requireNoneUnexpected() {
    if (wrong > 0) {
      throw new IllegalStateException("Hits with an unexpected answer: " + wrong);
    }
  }
}
