package com.sutazai.queue;

import java.util.UUID;

/**
 * A claimed job.
 *
 * @param lease proves the claim; every later write names it
 */
public record Job(UUID taskId, String type, UUID lease) {}
