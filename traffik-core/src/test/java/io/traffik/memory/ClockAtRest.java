package io.traffik.memory;

import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.CTestStructure;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.execution.RandomExecutionGenerator;
import org.jetbrains.lincheck.datastructures.CTestConfiguration;
import org.jetbrains.lincheck.datastructures.RandomProvider;

/** Random programs whose clock stands still while threads run in parallel. */
public final class ClockAtRest extends RandomExecutionGenerator {

  public ClockAtRest(
      CTestConfiguration configuration, CTestStructure structure, RandomProvider random) {
    super(configuration, structure, random);
  }

  @Override
  public ExecutionScenario nextExecution() {
    ExecutionScenario drawn = super.nextExecution();
    return new ExecutionScenario(
        drawn.getInitExecution(),
        drawn.getParallelExecution().stream().map(ClockAtRest::withoutTicks).toList(),
        drawn.getPostExecution(),
        drawn.getValidationFunction());
  }

  private static List<Actor> withoutTicks(List<Actor> actors) {
    return actors.stream().filter(actor -> !actor.getMethod().getName().equals("tick")).toList();
  }
}
