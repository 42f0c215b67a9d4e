package com.sutazai.boot;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/**
 * Says in {@code /q/openapi} how callers come in, when the program is built: by a key or token, by
 * the cookie of a session, or as they are while the program is open.
 */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public final class ApiAccess implements OASFilter {
  private static final String KEY = "key";
  private static final String SESSION = "session";
  private static final Set<String> OPEN =
      Set.of("/", "/health", "/api/auth/login", "/api{version}/auth/login");

  @Override
  public void filterOpenAPI(OpenAPI document) {
    if (document.getPaths() == null) {
      return;
    }
    if (document.getComponents() == null) {
      document.setComponents(OASFactory.createComponents());
    }
    document
        .getComponents()
        .addSecurityScheme(
            KEY,
            OASFactory.createSecurityScheme()
                .type(SecurityScheme.Type.HTTP)
                .scheme("bearer")
                .description(
                    "A key of POST /api/keys, SUTAZAI_ADMIN_KEY, or a token of the issuer"))
        .addSecurityScheme(
            SESSION,
            OASFactory.createSecurityScheme()
                .type(SecurityScheme.Type.APIKEY)
                .in(SecurityScheme.In.COOKIE)
                .name("sutazai_session")
                .description("The cookie that POST /api/auth/login sets"));
    document.setSecurity(
        List.of(
            OASFactory.createSecurityRequirement().addScheme(KEY),
            OASFactory.createSecurityRequirement().addScheme(SESSION),
            OASFactory.createSecurityRequirement())); // none while the program is open
    for (String path : OPEN) {
      PathItem item = document.getPaths().getPathItem(path);
      if (item != null) {
        item.getOperations().values().forEach(ApiAccess::open);
      }
    }
  }

  private static void open(Operation operation) {
    operation.setSecurity(List.of(OASFactory.createSecurityRequirement()));
  }
}
