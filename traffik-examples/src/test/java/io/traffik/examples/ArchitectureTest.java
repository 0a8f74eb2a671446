package io.traffik.examples;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may see whom; each rule is one "never" of the house. */
@AnalyzeClasses(
    packages = "io.traffik",
    importOptions = {
      ImportOption.DoNotIncludeTests.class,
      ArchitectureTest.WithoutJarsOfTests.class
    })
final class ArchitectureTest {

  /** One of this module's tests starts servers by the test jar of traffik-redis. */
  static final class WithoutJarsOfTests implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  private static final String[] ADAPTERS = {
    "io.traffik.servlet..", "io.traffik.javalin..", "io.traffik.javawebsocket.."
  };
  private static final String[] CORE = {
    "io.traffik.bucket..",
    "io.traffik.memory..",
    "io.traffik.store..",
    "io.traffik.http..",
    "io.traffik.websocket.."
  };

  @ArchTest
  static final ArchRule apiSeesTheJdkAlone =
      classes()
          .that()
          .resideInAnyPackage("io.traffik", "io.traffik.spi", "io.traffik.address")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.traffik",
              "io.traffik.spi",
              "io.traffik.address",
              "java..",
              "org.jspecify.annotations");

  @ArchTest
  static final ArchRule coreSeesNoAdapterAndNoFramework =
      classes()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.traffik",
              "io.traffik.spi",
              "io.traffik.bucket..",
              "io.traffik.memory..",
              "io.traffik.store..",
              "io.traffik.http..",
              "io.traffik.websocket..",
              "java..",
              "org.jspecify.annotations");

  @ArchTest
  static final ArchRule arithmeticSeesNoStore =
      noClasses()
          .that()
          .resideInAPackage("io.traffik.bucket..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.traffik.memory..",
              "io.traffik.store..",
              "io.traffik.http..",
              "io.traffik.websocket..");

  @ArchTest
  static final ArchRule storeKnowsNoHttp =
      noClasses()
          .that()
          .resideInAnyPackage("io.traffik.memory..", "io.traffik.store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.traffik.http..", "io.traffik.websocket..");

  @ArchTest
  static final ArchRule httpKnowsNoWebSocket =
      noClasses()
          .that()
          .resideInAPackage("io.traffik.http..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.traffik.websocket..");

  @ArchTest
  static final ArchRule webSocketKnowsNoStoreAndNoHttp =
      noClasses()
          .that()
          .resideInAPackage("io.traffik.websocket..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.traffik.memory..",
              "io.traffik.store..",
              "io.traffik.bucket..",
              "io.traffik.http..");

  @ArchTest
  static final ArchRule memorySeesNoOtherStore =
      noClasses()
          .that()
          .resideInAPackage("io.traffik.memory..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.traffik.store..");

  @ArchTest
  static final ArchRule otherStoresSeeNoMemory =
      noClasses()
          .that()
          .resideInAPackage("io.traffik.store..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.traffik.memory..");

  @ArchTest
  static final ArchRule httpKnowsNoStore =
      noClasses()
          .that()
          .resideInAPackage("io.traffik.http..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.traffik.memory..", "io.traffik.store..", "io.traffik.bucket..");

  @ArchTest
  static final ArchRule servletSeesNoOtherAdapter =
      noClasses()
          .that()
          .resideInAPackage("io.traffik.servlet..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.traffik.javalin..",
              "io.javalin..",
              "io.traffik.javawebsocket..",
              "org.java_websocket..");

  @ArchTest
  static final ArchRule javalinSeesNoOtherAdapter =
      noClasses()
          .that()
          .resideInAPackage("io.traffik.javalin..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.traffik.servlet..", "io.traffik.javawebsocket..", "org.java_websocket..");

  @ArchTest
  static final ArchRule javaWebSocketSeesNoOtherAdapter =
      noClasses()
          .that()
          .resideInAPackage("io.traffik.javawebsocket..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.traffik.servlet..", "io.traffik.javalin..", "io.javalin..", "jakarta..");

  @ArchTest
  static final ArchRule redisSeesTheApiAndItsClientsAlone =
      classes()
          .that()
          .resideInAPackage("io.traffik.redis..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.traffik",
              "io.traffik.spi",
              "io.traffik.redis..",
              "io.lettuce..",
              "redis.clients..",
              "org.apache.commons.pool2..",
              "io.netty..",
              "java..",
              "org.jspecify.annotations");

  @ArchTest
  static final ArchRule adaptersKnowNoRedis =
      noClasses()
          .that()
          .resideInAnyPackage(ADAPTERS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.traffik.redis..");

  @ArchTest
  static final ArchRule adaptersKnowNoArithmetic =
      noClasses()
          .that()
          .resideInAnyPackage(ADAPTERS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.traffik.bucket..");

  @ArchTest
  static final ArchRule nothingThatRunsSeesTheKit =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.traffik.tck..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.traffik.tck..");

  @ArchTest
  static final ArchRule namesSayWhatAThingIs =
      noClasses().should().haveNameMatching(".*(Impl|Manager|Utils?|Helper)$");
}
