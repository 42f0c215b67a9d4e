package com.sutazai.engine.pull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.engine.model.ModelReference;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A registry of models as Ollama's: a manifest for each name says which of its layers is the GGUF
 * file. Names without a host are looked for in the registry that is set.
 */
final class Registry {
  private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
  private static final String MODEL = "application/vnd.ollama.image.model";
  private static final int LONGEST_MANIFEST = 1 << 20;

  private final Web web;
  private final URI registry;
  private final ObjectMapper json = new ObjectMapper();

  Registry(Web web, URI registry) {
    this.web = web;
    this.registry = registry;
  }

  /** Where the file of a model is. */
  Blob find(ModelReference model) throws IOException, InterruptedException {
    String base = base(model);
    URI at = URI.create(base + "/manifests/" + model.tag());
    HttpResponse<InputStream> response = web.get(at, "Accept", MANIFEST);
    try (InputStream body = response.body();
        StallWatch watch = new StallWatch(body)) {
      int status = response.statusCode();
      if (status == 404 || status == 401) {
        throw new PullException(
            "pull model manifest: " + at.getHost() + " has no model " + model.name());
      }
      if (status != 200) {
        throw new PullException("pull model manifest: " + at.getHost() + " answered " + status);
      }
      JsonNode manifest = read(body);
      watch.alive();
      return file(model, base, manifest);
    }
  }

  private JsonNode read(InputStream body) throws IOException {
    byte[] bytes = body.readNBytes(LONGEST_MANIFEST + 1);
    if (bytes.length > LONGEST_MANIFEST) {
      throw new PullException("the manifest is larger than " + LONGEST_MANIFEST + " bytes");
    }
    try {
      return json.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new PullException("the manifest is no JSON", e);
    }
  }

  private static Blob file(ModelReference model, String base, JsonNode manifest)
      throws PullException {
    for (JsonNode layer : manifest.path("layers")) {
      String digest = layer.path("digest").asText("");
      long size = layer.path("size").asLong(0);
      if (layer.path("mediaType").asText("").equals(MODEL)) {
        if (!digest.matches("sha256:[0-9a-f]{64}") || size <= 0) {
          throw new PullException("the manifest of " + model.name() + " has no digest or no size");
        }
        return new Blob(
            URI.create(base + "/blobs/" + digest),
            Optional.of(digest.substring("sha256:".length())),
            OptionalLong.of(size));
      }
    }
    throw new PullException(model.name() + " has no model file that can be run here");
  }

  /** {@code x} is the library's, {@code owner/x} is the owner's, {@code host/owner/x} elsewhere. */
  private String base(ModelReference model) {
    String[] parts = model.path().split("/");
    String own = registry.toString().replaceAll("/+$", "") + "/v2/";
    return switch (parts.length) {
      case 1 -> own + "library/" + parts[0];
      case 2 -> own + model.path();
      default -> "https://" + parts[0] + "/v2/" + parts[1] + "/" + parts[2];
    };
  }
}
