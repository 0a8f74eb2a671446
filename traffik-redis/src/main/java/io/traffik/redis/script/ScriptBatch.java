package io.traffik.redis.script;

import static java.util.stream.Collectors.joining;

import io.traffik.BackendException;
import io.traffik.spi.BackendCall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls of a backend that the script decides together. Calls on one key stay in order, and calls on
 * different keys do not affect each other. Immutable.
 */
public final class ScriptBatch {

  private final List<Entry> entries;
  private final List<ScriptCall> scriptCalls = new ArrayList<>();

  /** For each script call, the indices of its entries in the order of its answers. */
  private final List<int[]> indices = new ArrayList<>();

  /** How the script decides the calls. */
  enum Grouping {
    /** Each call by itself, with one script call for all keys. */
    BATCH("b"),
    /** Each call by itself, with one script call for each key, as a cluster requires. */
    BATCH_BY_KEY("b"),
    /** All or nothing, in one script call. */
    TOGETHER("t");

    private final String letter;

    Grouping(String letter) {
      this.letter = letter;
    }
  }

  private record Entry(BackendCall call, PreparedPolicy policy) {

    String key() {
      return policy.key(call.identity(), call.scope());
    }

    String[] arguments() {
      return policy.operationArguments(call.operation(), call.cost(), call.argument());
    }
  }

  ScriptBatch(
      List<BackendCall> calls,
      PreparedPolicies policies,
      @Nullable LongSupplier clock,
      Grouping grouping) {
    this.entries = calls.stream().map(call -> new Entry(call, policies.of(call.policy()))).toList();
    Map<String, List<Integer>> byKey = new LinkedHashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      byKey.computeIfAbsent(entries.get(i).key(), key -> new ArrayList<>()).add(i);
    }
    String time = clock == null ? "" : Long.toString(clock.getAsLong());
    if (grouping == Grouping.BATCH_BY_KEY) {
      byKey.forEach(
          (key, positions) ->
              addScriptCall(List.of(key), List.of(positions), grouping.letter, time));
    } else {
      addScriptCall(List.copyOf(byKey.keySet()), byKey.values(), grouping.letter, time);
    }
  }

  private void addScriptCall(
      List<String> keys, Iterable<List<Integer>> positionsByKey, String letter, String time) {
    List<String> arguments = new ArrayList<>(List.of(letter, time));
    List<Integer> order = new ArrayList<>();
    for (List<Integer> positions : positionsByKey) {
      addRuns(positions, arguments);
      order.addAll(positions);
    }
    // One call of the server is one place. A client must not use the share of a common bucket.
    String client =
        order.stream()
            .map(position -> entries.get(position).call().identity())
            .distinct()
            .collect(joining("\n"));
    scriptCalls.add(ScriptCall.byDigest(client, keys, arguments.toArray(new String[0])));
    indices.add(order.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Adds the calls on one key. Equal calls in a row are one run. */
  private void addRuns(List<Integer> positions, List<String> arguments) {
    List<String[]> runs = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    List<Integer> rates = new ArrayList<>();
    for (int position : positions) {
      Entry entry = entries.get(position);
      String[] run = entry.arguments();
      int last = runs.size() - 1;
      if (last >= 0 && Arrays.equals(run, runs.get(last))) {
        sizes.set(last, sizes.get(last) + 1);
      } else {
        runs.add(run);
        sizes.add(1);
        rates.add(entry.call().policy().size());
      }
    }
    arguments.add(Integer.toString(runs.size()));
    for (int i = 0; i < runs.size(); i++) {
      arguments.add(Integer.toString(sizes.get(i)));
      arguments.add(Integer.toString(rates.get(i)));
      arguments.addAll(Arrays.asList(runs.get(i)));
    }
  }

  /** The script calls to send. They are independent of each other. */
  public List<ScriptCall> scriptCalls() {
    return scriptCalls;
  }

  /**
   * The answers to the calls, in the order of the calls.
   *
   * @param scriptAnswers the answers to {@link #scriptCalls}
   * @throws BackendException if an answer is unreadable
   */
  public List<long[]> answers(List<Object> scriptAnswers) {
    long[][] answers = new long[entries.size()][];
    for (int i = 0; i < indices.size(); i++) {
      String[] texts = split(scriptAnswers.get(i), indices.get(i).length);
      for (int j = 0; j < texts.length; j++) {
        int index = indices.get(i)[j];
        BackendCall call = entries.get(index).call();
        answers[index] =
            entries
                .get(index)
                .policy()
                .answers()
                .decode(texts[j], call.operation(), call.cost(), call.argument());
      }
    }
    return Arrays.asList(answers);
  }

  private static String[] split(Object answer, int expected) {
    String[] texts = String.valueOf(answer).split(" ", -1);
    if (texts.length != expected) {
      throw new BackendException(
          "Unreadable script answer: expected "
              + expected
              + " answers with spaces between them, but got: "
              + answer
              + ". Check for a proxy that changes answers.",
          null);
    }
    return texts;
  }
}
