package io.traffik.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The packages that each package may use. */
@AnalyzeClasses(packages = "io.traffik", importOptions = ImportOption.DoNotIncludeTests.class)
final class DependenciesTest {

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
  static final ArchRule apiUsesTheJdkOnly =
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
  static final ArchRule coreUsesNoAdapterAndNoFramework =
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
  static final ArchRule arithmeticUsesNoStore =
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
  static final ArchRule storeUsesNoHttp =
      noClasses()
          .that()
          .resideInAnyPackage("io.traffik.memory..", "io.traffik.store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.traffik.http..", "io.traffik.websocket..");

  @ArchTest
  static final ArchRule httpUsesNoWebSocket =
      noClasses()
          .that()
          .resideInAPackage("io.traffik.http..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.traffik.websocket..");

  @ArchTest
  static final ArchRule webSocketUsesNoStoreAndNoHttp =
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
  static final ArchRule memoryUsesNoOtherStore =
      noClasses()
          .that()
          .resideInAPackage("io.traffik.memory..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.traffik.store..");

  @ArchTest
  static final ArchRule otherStoresUseNoMemory =
      noClasses()
          .that()
          .resideInAPackage("io.traffik.store..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.traffik.memory..");

  @ArchTest
  static final ArchRule httpUsesNoStore =
      noClasses()
          .that()
          .resideInAPackage("io.traffik.http..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.traffik.memory..", "io.traffik.store..", "io.traffik.bucket..");

  @ArchTest
  static final ArchRule servletUsesNoOtherAdapter =
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
  static final ArchRule javalinUsesNoOtherAdapter =
      noClasses()
          .that()
          .resideInAPackage("io.traffik.javalin..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.traffik.servlet..", "io.traffik.javawebsocket..", "org.java_websocket..");

  @ArchTest
  static final ArchRule javaWebSocketUsesNoOtherAdapter =
      noClasses()
          .that()
          .resideInAPackage("io.traffik.javawebsocket..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.traffik.servlet..", "io.traffik.javalin..", "io.javalin..", "jakarta..");

  @ArchTest
  static final ArchRule redisUsesTheApiAndItsClientsOnly =
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
              "reactor.core..",
              "redis.clients..",
              "org.apache.commons.pool2..",
              "io.netty..",
              "java..",
              "javax.net.ssl",
              "org.jspecify.annotations");

  @ArchTest
  static final ArchRule adaptersUseNoRedis =
      noClasses()
          .that()
          .resideInAnyPackage(ADAPTERS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.traffik.redis..");

  @ArchTest
  static final ArchRule adaptersUseNoArithmetic =
      noClasses()
          .that()
          .resideInAnyPackage(ADAPTERS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.traffik.bucket..");

  @ArchTest
  static final ArchRule mainCodeDoesNotUseTheConformanceKit =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.traffik.tck..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.traffik.tck..");

  @ArchTest
  static final ArchRule namesAreNotGeneric =
      noClasses().should().haveNameMatching(".*(Impl|Manager|Utils?|Helper)$");
}
