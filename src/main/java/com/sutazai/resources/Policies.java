package com.sutazai.resources;

import com.sutazai.platform.error.StartException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The policy of each type: as set, until it is changed in this process. */
@ApplicationScoped
class Policies {
  private final Map<ResourceType, Policy> policies = new ConcurrentHashMap<>();

  Policies(LedgerConfig config) {
    for (ResourceType type : ResourceType.values()) {
      policies.put(type, type.usual());
    }
    config.policies().forEach(this::set);
  }

  private void set(String label, LedgerConfig.Share share) {
    ResourceType type =
        ResourceType.find(label)
            .orElseThrow(
                () ->
                    new StartException(
                        "sutazai.resources.policies."
                            + label
                            + " names no resource; there are "
                            + ResourceType.labels()));
    try {
      policies.put(type, new Policy(share.maxTotalPercent(), share.maxHolderPercent()));
    } catch (IllegalArgumentException e) {
      throw new StartException("sutazai.resources.policies." + label + ": " + e.getMessage());
    }
  }

  Policy of(ResourceType type) {
    return policies.getOrDefault(type, type.usual());
  }

  /** From now on; what is leased already stays. */
  void put(ResourceType type, Policy policy) {
    policies.put(type, policy);
  }
}
