package com.sutazai.tasks;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same against the packaged program, jar or native binary. */
@QuarkusIntegrationTest
class TaskResourceIT extends TaskResourceTest {}
