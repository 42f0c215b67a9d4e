package com.sutazai.cluster;

/** The contract with nothing but PostgreSQL between the processes. */
class FaultsIT extends ClusterContract {}
