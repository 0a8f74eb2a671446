package io.traffik.attack.scenario;

import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.StatusCounts;
import java.util.List;

/**
 * What an attack has achieved.
 *
 * @param counts what reached the handlers, and other counts with known bounds
 * @param statuses the answers to the attacker
 * @param innocents the answers to the clients within their limits
 */
public record AttackOutcome(
    List<ExpectedCount> counts, StatusCounts statuses, ClientAnswers innocents) {}
