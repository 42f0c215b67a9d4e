package com.sutazai.agents.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.Payload;
import com.sutazai.inference.ModelName;
import com.sutazai.inference.profile.Profiles;
import jakarta.inject.Singleton;
import java.util.Set;

/**
 * {@code profile_model}: how fast a model is here, as {@code GET /api/models/profile} tells it; the
 * payload is {@code {name?, refresh?}}. It keeps the model busy, so it is for admins.
 */
@Singleton
class ProfileModelTask implements ModelTask {
  private final Profiles profiles;
  private final ObjectMapper json;

  ProfileModelTask(Profiles profiles, ObjectMapper json) {
    this.profiles = profiles;
    this.json = json;
  }

  @Override
  public Set<String> types() {
    return Set.of("profile_model");
  }

  @Override
  public boolean forAdmins() {
    return true;
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    Payload payload = Payload.of(call, "name", "refresh");
    String name = ModelName.optional("payload.name", payload.text("name"));
    boolean refresh = payload.choice("refresh", false);
    return new AgentAnswer.Done(json.valueToTree(profiles.measured(name, refresh)));
  }
}
