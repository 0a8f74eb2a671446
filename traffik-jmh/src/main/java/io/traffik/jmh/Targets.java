package io.traffik.jmh;

import static io.traffik.jmh.BenchmarkTarget.ALLOWED;
import static io.traffik.jmh.BenchmarkTarget.DENIED;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** All {@link Target}s, judged by the figures of a run. */
final class Targets {

  /** By so much a denied hit may seem slower where it is not; single forks differ by far more. */
  private static final double NOISE = 1.05;

  /** What a call may take of the store's own doing: computing, or waiting for its locks. */
  private static final double LONGEST_PAUSE_MILLIS = 20;

  /** What the harness itself may add to a hit's allocation. */
  private static final double NO_BYTES = 0.5;

  private static final String FLOOD_ANSWERS =
      "flood of 10 000 000 new clients, bound 1 000 000, heap 256 MB: no failure, and no throttled"
          + " client let through";

  private final Figures figures;
  private final List<Target> targets = new ArrayList<>();

  private Targets(Figures figures) {
    this.figures = figures;
  }

  static List<Target> of(Figures figures) {
    Targets targets = new Targets(figures);
    targets.addHotKey();
    targets.addKeyed(100_000);
    targets.addKeyed(1_000_000);
    targets.addDenials();
    targets.addAllocation();
    targets.addWholePath();
    targets.addMemory();
    targets.addFlood();
    targets.addSockets();
    targets.targets.addAll(RedisTargets.of(figures));
    return List.copyOf(targets.targets);
  }

  private void addHotKey() {
    addRatios("one hot key", c -> Case.hot(c, Case.USUAL_THREADS, ALLOWED), 1.25, 3);
  }

  private void addKeyed(int keys) {
    String what = Figure.grouped(keys) + " keys";
    addRatios(what, c -> Case.keyed(c, keys, ALLOWED), 1.3, 5);
    targets.add(
        Target.atLeast(
            what + ": at least 2 times as fast as `concurrentHashMapReference`",
            figures.ratio(
                Case.keyed(Contenders.MAP_REFERENCE, keys, ALLOWED),
                Case.keyed(Contenders.TRAFFIK, keys, ALLOWED)),
            2,
            " ×"));
  }

  private void addRatios(String what, Function<String, Case> of, double kernel, double bucket4j) {
    Case traffik = of.apply(Contenders.TRAFFIK);
    targets.add(
        Target.atMost(
            what + ": at most " + kernel + " times `kernelReference`",
            figures.ratio(traffik, of.apply(Contenders.KERNEL)),
            kernel,
            " ×"));
    targets.add(
        Target.atMost(
            what + ": at most " + kernel + " times `keyedKernelReference` (not demanded)",
            figures.ratio(traffik, of.apply(Contenders.KEYED_KERNEL)),
            kernel,
            " ×"));
    targets.add(
        Target.atLeast(
            what + ": at least " + (int) bucket4j + " times as fast as `bucket4jCaffeine`",
            figures.ratio(of.apply(Contenders.BUCKET4J_CAFFEINE), traffik),
            bucket4j,
            " ×"));
  }

  private void addDenials() {
    addDenial("one hot key", answer -> Case.hot(Contenders.TRAFFIK, Case.USUAL_THREADS, answer));
    addDenial("100 000 keys", answer -> Case.keyed(Contenders.TRAFFIK, 100_000, answer));
    addDenial("1 000 000 keys", answer -> Case.keyed(Contenders.TRAFFIK, 1_000_000, answer));
    addDenialInTurns("100 000 keys", InterleavedCheck.Findings::denied100k);
    addDenialInTurns("1 000 000 keys", InterleavedCheck.Findings::denied1m);
  }

  private void addDenialInTurns(String what, ToDoubleFunction<InterleavedCheck.Findings> of) {
    targets.add(
        Target.atMost(
            what + ": the same, in turns within one process (not demanded)",
            inTurns(of),
            NOISE,
            " ×"));
  }

  private OptionalDouble inTurns(ToDoubleFunction<InterleavedCheck.Findings> of) {
    return figures.turns().stream().mapToDouble(of).findFirst();
  }

  private void addDenial(String what, Function<String, Case> of) {
    targets.add(
        Target.atMost(
            what + ": denied not slower than allowed (within 5 %, the noise)",
            figures.ratio(of.apply(DENIED), of.apply(ALLOWED)),
            NOISE,
            " ×"));
  }

  private void addAllocation() {
    addBytes("store, one rate: no garbage", "bareOneRate", NO_BYTES);
    addBytes("whole path, one rate: no garbage", "wholeOneRate", NO_BYTES);
    addBytes("store, two rates: at most 48 B", "bareTwoRates", 48 + NO_BYTES);
    addBytes("whole path, two rates: at most 48 B", "wholeTwoRates", 48 + NO_BYTES);
  }

  private void addBytes(String demand, String method, double limit) {
    OptionalDouble most =
        worst(classes -> figures.of(Case.throttle(method, ALLOWED, classes)), Figure::medianBytes);
    OptionalDouble mostDenied =
        worst(classes -> figures.of(Case.throttle(method, DENIED, classes)), Figure::medianBytes);
    targets.add(
        Target.atMost(
            demand + " (allowed and denied, one and two classes of backend)",
            larger(most, mostDenied),
            limit,
            " B"));
  }

  private void addWholePath() {
    for (String answer : List.of(ALLOWED, DENIED)) {
      targets.add(
          Target.atMost(
              "whole path, " + answer + ": at most 40 ns over the store's decision",
              larger(overhead(answer, 1), overhead(answer, 2)),
              40,
              " ns"));
    }
    addPathInTurns(ALLOWED, InterleavedCheck.Findings::allowedPath);
    addPathInTurns(DENIED, InterleavedCheck.Findings::deniedPath);
  }

  private void addPathInTurns(String answer, ToDoubleFunction<InterleavedCheck.Findings> of) {
    targets.add(
        Target.atMost(
            "whole path, " + answer + ": the same, in turns within one process (not demanded)",
            inTurns(of),
            40,
            " ns"));
  }

  private OptionalDouble overhead(String answer, int classes) {
    return figures.difference(
        Case.throttle("wholeOneRate", answer, classes),
        Case.throttle("bareOneRate", answer, classes));
  }

  private void addMemory() {
    Double bytes = figures.footprint().get(Contenders.TRAFFIK);
    targets.add(
        Target.atMost(
            "heap per key at 1 000 000 keys: at most 48 B",
            bytes == null ? OptionalDouble.empty() : OptionalDouble.of(bytes),
            48,
            " B"));
  }

  private void addFlood() {
    targets.add(
        figures
            .flood()
            .map(found -> answers(found.wrongAnswers()))
            .orElse(new Target(FLOOD_ANSWERS, "–", Target.Verdict.NOT_MEASURED)));
    targets.add(
        Target.atMost(
            "flood: no pause above 20 ms from the store itself",
            millis(found -> Math.max(found.pauses().longestOwn(), found.pauses().longestWait())),
            LONGEST_PAUSE_MILLIS,
            " ms"));
    targets.add(
        Target.atMost(
            "flood: no call computes for more than 1 ms, the check's own bound (not demanded)",
            millis(found -> found.pauses().longestOwn()),
            FloodFindings.LONGEST_CALL_NANOS / 1e6,
            " ms"));
    targets.add(
        Target.atLeast(
            "flood: new clients at least half as fast as known ones",
            figures
                .flood()
                .map(found -> OptionalDouble.of(found.throughputPercent() / 100))
                .orElse(OptionalDouble.empty()),
            0.5,
            " ×"));
  }

  private void addSockets() {
    for (String server : List.of("Javalin", "Java-WebSocket")) {
      Double ratio = figures.sockets().get(server);
      targets.add(
          Target.atLeast(
              "WebSocket messages on " + server + ": at least 0.95 of the unthrottled",
              ratio == null ? OptionalDouble.empty() : OptionalDouble.of(ratio),
              0.95,
              " ×"));
    }
  }

  private OptionalDouble millis(ToLongFunction<FloodFindings> nanos) {
    return figures.flood().stream()
        .mapToDouble(found -> nanos.applyAsLong(found) / 1e6)
        .findFirst();
  }

  private static Target answers(List<String> wrong) {
    return new Target(
        FLOOD_ANSWERS,
        wrong.isEmpty() ? "none" : String.join(", ", wrong),
        wrong.isEmpty() ? Target.Verdict.MET : Target.Verdict.NOT_MET);
  }

  /** The larger with one and with two classes of backend; empty unless both were measured. */
  private static OptionalDouble worst(
      IntFunction<Optional<Figure>> ofClasses, ToDoubleFunction<Figure> value) {
    return larger(value(ofClasses.apply(1), value), value(ofClasses.apply(2), value));
  }

  private static OptionalDouble value(Optional<Figure> figure, ToDoubleFunction<Figure> value) {
    return figure.isPresent()
        ? OptionalDouble.of(value.applyAsDouble(figure.get()))
        : OptionalDouble.empty();
  }

  private static OptionalDouble larger(OptionalDouble first, OptionalDouble second) {
    return first.isPresent() && second.isPresent()
        ? OptionalDouble.of(Math.max(first.getAsDouble(), second.getAsDouble()))
        : OptionalDouble.empty();
  }
}
