package com.sutazai.inference.profile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.cache.CacheKey;
import com.sutazai.cache.Cached;
import com.sutazai.cache.Caches;
import com.sutazai.cache.Codec;
import com.sutazai.cache.Region;
import com.sutazai.cache.Tags;
import com.sutazai.platform.caller.Caller;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Profiles in the cache, for the next processes on this machine too. The key says what was measured
 * from where: profiles of another machine are another's, and so are those of another model that
 * took the name. They hold nothing of any caller, so they belong to the system.
 */
@Startup
@ApplicationScoped
class ReportedProfiles implements KeptProfiles {
  private static final Path HOST = Path.of("/proc/sys/kernel/hostname");

  private final Region<ModelProfile> region;
  private final String host;

  ReportedProfiles(Caches caches, ObjectMapper json) {
    region = caches.reports(new ProfileCodec(json));
    host = host();
  }

  private static String host() {
    try {
      return Files.readString(HOST).strip();
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public Optional<ModelProfile> find(ProfiledModel model) {
    return region.find(key(model)).map(Cached::value);
  }

  @Override
  public Consumer<ModelProfile> begin(ProfiledModel model) {
    region.missed();
    Region.Start start = region.begin();
    return profile -> region.put(key(model), start, profile, Set.of(Tags.model(model.name())));
  }

  private CacheKey key(ProfiledModel model) {
    return new CacheKey(
        Caller.SYSTEM_OWNER, String.join("\n", host, model.name(), model.identity()));
  }

  /** As callers are told it. */
  private record ProfileCodec(ObjectMapper json) implements Codec<ModelProfile> {
    @Override
    public int version() {
      return 1;
    }

    @Override
    public byte[] encode(ModelProfile profile) {
      try {
        return json.writeValueAsBytes(profile);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public ModelProfile decode(byte[] bytes) throws IOException {
      return json.readValue(bytes, ModelProfile.class);
    }
  }
}
