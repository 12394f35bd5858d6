package checks

import "github.com/kubevidence/kubevidence/audit"

// All is every check of this build, in the order of the catalogue.
var All = []audit.Check{
	privateAddresses,
	privateNetworkTrusted,
	rangesDontOverlap,
	servicesLeadToPods,
	podsFromControllers,

	dnsWorks,
	dnsNamesUsed,
	dnsReached,
	dnsResolversOwn,

	workloadIngressIsolated,
	workloadEgressIsolated,
	namespaceDefaultDeny,
	policyOpensNothing,
	outsideOnPurpose,
	policySelectsSomething,
	policyUnderstood,
	pluginEnforces,
	admissionRequiresPolicies,

	tenantsSegregated,
	sensitiveClosed,
	environmentsSegregated,
	nothingInDefault,

	noNodePortService,
	loadBalancerLeadsToController,
	noHostPort,
	noHostNetwork,
	noExternalIPs,
	noRawPorts,

	certManagerAvailable,
	issuerExists,
	issuerReady,
	issuerProduction,
	issuerACMESecure,

	certificateReady,
	certificateRenewedOnTime,
	certificateRenewalEnabled,
	keyRotation,
	certificateIssuerExists,

	secretType,
	secretKeyMatches,
	certificateValid,
	certificateNames,
	keyStrength,

	ingressTLSDeclared,
	ingressHostsInTLS,
	ingressSecretExists,
	ingressCertificateCoversHost,
	ingressIssuerAnnotation,
	ingressNoCatchAll,
	ingressBlocksAccepted,
	ingressClassExists,
	ingressHostOwn,
	ingressResolvesHere,
	ingressServedAsMeant,
	ingressLeadsSomewhere,

	gatewayPlainListener,
	gatewayCertificateRefs,
	gatewayCertificatesSound,
	gatewayReferenceGrants,
	gatewayRoutesCovered,
	gatewayAdmission,
	gatewayClientCertificates,
}
