package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import io.traffik.redis.RedisBackend;
import io.traffik.servlet.ThrottleFilter;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The examples of docs/spring.md, and that of docs/redis.md with Spring. */
final class SpringExamples {

  private SpringExamples() {}

  @Configuration(proxyBeanMethods = false)
  static class ThrottlingConfiguration {

    @Bean
    Backend backend() {
      return InMemoryBackend.create("myapp");
    }

    @Bean
    FilterRegistrationBean<ThrottleFilter> throttleFilter(Backend backend) {
      Throttle api = Throttle.builder("api").rate("100/min").scope(Scope.ALL_ROUTES).build();
      FilterRegistrationBean<ThrottleFilter> registration =
          new FilterRegistrationBean<>(ThrottleFilter.of(api).backend(backend));
      registration.addUrlPatterns("/api/*");
      registration.setOrder(-200);
      return registration;
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class ExportConfiguration {

    @Bean
    ServletContextInitializer exportThrottling(Backend backend) {
      Throttle export = Throttle.builder("export").rate("10/h").scope(Scope.ALL_ROUTES).build();
      return context -> ThrottleFilter.of(export).backend(backend).register(context, "/export/*");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class RedisConfiguration {

    @Bean
    Backend backend(@Value("${spring.data.redis.url}") String url) {
      return RedisBackend.lettuce(url, "myapp");
    }
  }

  static Identifier principal() {
    Identifier user =
        view -> {
          HttpServletRequest request = view.unwrap(HttpServletRequest.class);
          Principal principal = request == null ? null : request.getUserPrincipal();
          return principal == null ? null : Identity.of("user:" + principal.getName());
        };
    return user.or(Identifier.remoteAddress());
  }
}
