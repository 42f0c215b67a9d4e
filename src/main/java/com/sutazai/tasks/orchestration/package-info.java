/**
 * Agents that hand work to other agents: who gets it, who did it, how long it took and why it
 * failed.
 */
@NullMarked
package com.sutazai.tasks.orchestration;

import org.jspecify.annotations.NullMarked;
