package io.traffik.redis.jedis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Tasks that wait for a thread. */
final class TaskLineTest {

  private final Queue<Runnable> submitted = new ArrayDeque<>();
  private final List<String> events = new ArrayList<>();
  private final TaskLine line = new TaskLine(submitted::add, 2);

  private void execute(TaskLine target, String name) {
    target.execute("client", () -> events.add(name), thrown -> events.add(name + " was rejected"));
  }

  @Test
  void s4_noMoreTasksAreSubmittedAtATimeThanAllowed() {
    for (int i = 1; i <= 5; i++) {
      execute(line, "task " + i);
    }
    assertThat(submitted).hasSize(2);
    submitted.remove().run();
    // The thread of the first task continues with those that wait, in order.
    assertThat(events).containsExactly("task 1", "task 3", "task 4", "task 5");
    submitted.remove().run();
    assertThat(events).endsWith("task 2");
    execute(line, "task 6");
    execute(line, "task 7");
    execute(line, "task 8");
    assertThat(submitted).hasSize(2);
  }

  /** Otherwise a line would occupy the only thread of a user's executor. */
  @Test
  void s4_aThreadIsHandedBackAfterSomeTasks() {
    TaskLine narrow = new TaskLine(submitted::add, 1);
    for (int i = 0; i <= TaskLine.MAX_IN_A_ROW; i++) {
      execute(narrow, "task " + i);
    }
    submitted.remove().run();
    assertThat(events).hasSize(TaskLine.MAX_IN_A_ROW);
    submitted.remove().run();
    assertThat(events).hasSize(TaskLine.MAX_IN_A_ROW + 1);
    assertThat(submitted).isEmpty();
  }

  @Test
  void f6_aRejectedTaskDoesNotStopTheLine() {
    List<Integer> rejected = new ArrayList<>();
    TaskLine rejecting =
        new TaskLine(
            task -> {
              if (rejected.size() < 3) {
                rejected.add(1);
                throw new RejectedExecutionException("full");
              }
              submitted.add(task);
            },
            1);
    for (int i = 1; i <= 5; i++) {
      execute(rejecting, "task " + i);
    }
    while (!submitted.isEmpty()) {
      submitted.remove().run();
    }
    assertThat(events)
        .containsExactly(
            "task 1 was rejected",
            "task 2 was rejected",
            "task 3 was rejected",
            "task 4",
            "task 5");
  }

  @Test
  void s4_aTaskThatThrowsDoesNotStopTheLine() {
    TaskLine narrow = new TaskLine(submitted::add, 1);
    narrow.execute(
        "client",
        () -> {
          throw new IllegalStateException("thrown by a task");
        },
        thrown -> {});
    execute(narrow, "task 2");
    try {
      submitted.remove().run();
    } catch (IllegalStateException e) {
      events.add(e.getMessage());
    }
    submitted.remove().run();
    assertThat(events).containsExactly("thrown by a task", "task 2");
  }

  @Test
  void f6_clientsAreServedInTurn() {
    TaskLine narrow = new TaskLine(submitted::add, 1);
    for (int i = 1; i <= 250; i++) {
      String name = "attacker " + i;
      narrow.execute("attacker", () -> events.add(name), thrown -> {});
    }
    narrow.execute("innocent", () -> events.add("innocent"), thrown -> {});
    submitted.remove().run();
    assertThat(events).startsWith("attacker 1", "innocent", "attacker 2", "attacker 3");
  }
}
