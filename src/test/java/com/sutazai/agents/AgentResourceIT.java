package com.sutazai.agents;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same against the packaged program, jar or native binary. */
@QuarkusIntegrationTest
class AgentResourceIT extends AgentResourceTest {}
