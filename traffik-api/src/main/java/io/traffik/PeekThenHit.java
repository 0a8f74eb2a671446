package io.traffik;

import io.traffik.Backend.Operation;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/**
 * Decides hits all or nothing on a backend that only decides single calls. A peek of all of them
 * comes first, so that a client whose limit is reached never takes tokens from another bucket.
 *
 * <p>If the peeks are granted, the hits follow one after the other, the one with the fewest tokens
 * first. Only concurrent hits can then cause a denial, and the first hit is the most likely one to
 * receive it.
 */
final class PeekThenHit {

  private final Backend backend;
  private final CallMode mode;
  private final List<BackendCall> hits;

  /** The answers to the hits that are charged so far, by index. */
  private final SortedMap<Integer, long[]> charged = new TreeMap<>();

  PeekThenHit(Backend backend, CallMode mode, List<BackendCall> hits) {
    this.backend = backend;
    this.mode = mode;
    this.hits = hits;
  }

  CompletionStage<List<long[]>> execute() {
    for (BackendCall hit : hits) {
      if (hit.operation() != Operation.HIT || hit.needsDebt()) {
        return CompletableFuture.failedFuture(
            new IllegalArgumentException(
                "decideTogether accepts only hits without patience: "
                    + hit
                    + ". Use decide or decideAll for other calls."));
      }
    }
    if (hits.size() < 2) {
      return mode.decideAll(backend, hits);
    }
    List<BackendCall> peeks = new ArrayList<>(hits.size());
    for (BackendCall hit : hits) {
      peeks.add(hit.with(Operation.PEEK, hit.cost(), 0));
    }
    return Futures.then(mode.decideAll(backend, peeks), this::onPeeks);
  }

  private CompletionStage<List<long[]>> onPeeks(List<long[]> peeked) {
    for (int i = 0; i < hits.size(); i++) {
      if (!hits.get(i).isGranted(peeked.get(i))) {
        return CompletableFuture.completedFuture(peeked);
      }
    }
    List<Integer> order =
        IntStream.range(0, hits.size())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> hitsLeft(hits.get(i), peeked.get(i))))
            .toList();
    return hitFrom(0, order, peeked);
  }

  /** The number of further hits of the same cost that the tightest rate has tokens for. */
  private static double hitsLeft(BackendCall hit, long[] margins) {
    QuotaPolicy policy = hit.policy();
    double fewest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < policy.size() && hit.cost() > 0; i++) {
      double cost = (double) hit.cost() * policy.rate(i).nanosPerToken();
      fewest = Math.min(fewest, Margin.nanos(margins[i]) / cost);
    }
    return fewest;
  }

  private CompletionStage<List<long[]>> hitFrom(
      int position, List<Integer> order, List<long[]> peeked) {
    if (position == order.size()) {
      return CompletableFuture.completedFuture(List.copyOf(charged.values()));
    }
    int index = order.get(position);
    return Futures.compose(
        mode.decide(backend, hits.get(index)),
        (margins, thrown) -> {
          if (margins == null) {
            return refundThen(CompletableFuture.failedFuture(Futures.orUnknown(thrown)));
          }
          if (hits.get(index).isGranted(margins)) {
            charged.put(index, margins);
            return hitFrom(position + 1, order, peeked);
          }
          List<long[]> denied = new ArrayList<>(peeked);
          denied.set(index, margins);
          return refundThen(CompletableFuture.completedFuture(denied));
        });
  }

  /** Refunds the charged hits first: a client that sees the result may hit again at once. */
  private CompletionStage<List<long[]>> refundThen(CompletionStage<List<long[]>> result) {
    List<BackendCall> refunds = new ArrayList<>();
    charged.forEach(
        (index, margins) -> {
          BackendCall hit = hits.get(index);
          if (!isDegraded(margins)) {
            refunds.add(hit.with(Operation.REFUND, hit.cost(), 0));
          }
        });
    return refunds.isEmpty()
        ? result
        : Futures.compose(
            mode.decideAll(backend, refunds),
            (refunded, thrown) -> {
              if (thrown != null) {
                FailureHandler.onLost(
                    backend,
                    "Refunds of hits that another hit denied were lost.",
                    thrown,
                    System::nanoTime);
              }
              return result;
            });
  }

  /** A wrapper may have decided without the store, which then has nothing to refund. */
  private static boolean isDegraded(long[] margins) {
    for (long margin : margins) {
      if (Margin.isDegraded(margin)) {
        return true;
      }
    }
    return false;
  }
}
