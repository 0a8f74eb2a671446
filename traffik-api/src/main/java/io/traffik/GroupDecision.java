package io.traffik;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides the hits of several throttles on one connection, all or nothing. All throttles are
 * evaluated first. Those with the same backend are then decided by one call. If there are several
 * backends, a peek of all of them comes first.
 *
 * <p>The first throttle that denies reports it. If its handler returns, the others are decided
 * again without it. Stages access this object one after the other.
 */
final class GroupDecision {

  private final CallMode mode;
  private final BiConsumer<? super Throttle, ? super Decision> others;
  private final List<GroupMember> members;

  /** The member whose denial is being handled; it also explains an exception of its handler. */
  private @Nullable GroupMember handled;

  /**
   * Evaluates the throttles up to their backend calls.
   *
   * @param others receives the decisions of the other throttles before a denial is handled, or
   *     before an exception
   * @throws RuntimeException any exception of a stage before the backend call
   */
  GroupDecision(
      CallMode mode,
      List<Throttle> throttles,
      ConnectionView view,
      BiConsumer<? super Throttle, ? super Decision> others) {
    this.mode = mode;
    this.others = others;
    this.members = new ArrayList<>(throttles.size());
    for (Throttle throttle : throttles) {
      members.add(new GroupMember(PendingOperation.hit(throttle, view)));
    }
  }

  /** Charges all throttles or none. */
  CompletionStage<List<Charge>> execute() {
    return Futures.compose(
        decide(),
        (charges, thrown) ->
            charges != null
                ? CompletableFuture.completedFuture(charges)
                : refundThen(() -> fail(Futures.orUnknown(thrown))));
  }

  private CompletionStage<List<Charge>> fail(Throwable thrown) {
    if (handled == null) {
      announceOthers();
    }
    return CompletableFuture.failedFuture(thrown);
  }

  private CompletionStage<List<Charge>> decide() {
    try {
      List<GroupCall> calls = GroupCall.of(members, mode);
      return calls.size() == 1 && !isDenied()
          ? hitFrom(0, calls)
          : Futures.then(
              Futures.inOrder(calls, GroupCall::peek),
              peeked -> isDenied() ? conclude() : hitFrom(0, calls));
    } catch (Throwable t) {
      return CompletableFuture.failedFuture(t);
    }
  }

  private CompletionStage<List<Charge>> hitFrom(int index, List<GroupCall> calls) {
    return index == calls.size()
        ? conclude()
        : Futures.then(
            calls.get(index).hit(),
            done -> isDenied() ? refundThen(this::conclude) : hitFrom(index + 1, calls));
  }

  private boolean isDenied() {
    for (GroupMember member : members) {
      if (member.isDenied()) {
        return true;
      }
    }
    return false;
  }

  /** Reports the decisions, of which none has taken tokens if one is a denial. */
  private CompletionStage<List<Charge>> conclude() {
    boolean denied = false;
    for (GroupMember member : members) {
      if (member.isDenied()) {
        denied = true;
        handled = member;
        announceOthers();
        ConnectionThrottledException denial = member.reportDenial();
        if (denial != null) {
          return CompletableFuture.failedFuture(denial);
        }
        handled = null;
      }
    }
    return denied
        ? decide()
        : Futures.then(
            Futures.inOrder(members, member -> member.observe(mode).thenApply(done -> member)),
            done -> CompletableFuture.completedFuture(charges()));
  }

  private void announceOthers() {
    for (GroupMember member : members) {
      Decision decision = member.decision();
      if (!member.equals(handled) && decision != null) {
        others.accept(member.throttle(), decision);
      }
    }
  }

  private List<Charge> charges() {
    List<Charge> charges = new ArrayList<>(members.size());
    for (GroupMember member : members) {
      member.reportAllowed();
      charges.add(member.charge());
    }
    return charges;
  }

  /** Refunds first: a client that sees the result may hit again at once. */
  private CompletionStage<List<Charge>> refundThen(Next next) {
    List<CompletableFuture<?>> refunds = new ArrayList<>(members.size());
    for (GroupMember member : members) {
      refunds.add(member.refund(mode).toCompletableFuture());
    }
    return Futures.compose(
        CompletableFuture.allOf(refunds.toArray(new CompletableFuture<?>[0])),
        (refunded, thrown) -> {
          if (thrown != null) {
            // A lost refund is logged and fails nothing, so this is an error of the process.
            throw Futures.unchecked(BackendException.unwrap(thrown));
          }
          return next.start();
        });
  }

  /** The step after the refunds. */
  private interface Next {
    CompletionStage<List<Charge>> start();
  }
}
