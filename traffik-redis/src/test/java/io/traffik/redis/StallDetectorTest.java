package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * When a connection that says nothing is given up, by a clock that the test moves. Its time is up
 * as soon as it is asked; what follows is what becomes of that.
 */
final class StallDetectorTest {

  private static final long DOUBT_MILLIS = 100;

  private final EmbeddedChannel channel = new EmbeddedChannel(new StallDetector(Duration.ZERO));

  @BeforeEach
  void holdTheClock() {
    channel.freezeTime();
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  /** Its thread was held up, and looks after it before it reads. */
  @Test
  void s4_aConnectionWhoseAnswerHasComeAndIsNotYetReadIsKept() {
    for (int question = 0; question < 3; question++) {
      channel.writeOutbound("question");
      assertThat(channel.isOpen()).as("open, with the answer to be read").isTrue();
      channel.writeInbound("answer");
      pass(DOUBT_MILLIS);
      assertThat(channel.isOpen()).as("open, with the answer read").isTrue();
    }
  }

  @Test
  void s4_aConnectionThatStaysSilentIsClosedAtTheSecondLook() {
    channel.writeOutbound("question");
    pass(DOUBT_MILLIS - 1);
    assertThat(channel.isOpen()).as("open, in doubt").isTrue();
    pass(1);
    assertThat(channel.isOpen()).as("open, without an answer").isFalse();
  }

  private void pass(long millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }
}
