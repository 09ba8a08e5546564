package kubernetes

import (
	"errors"
	"fmt"
	"net/http"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/klog/v2"
)

// The engine shows what a plugin prints. Whatever client-go logs, it also
// returns as an error.
func init() { klog.SetLogger(klog.Logger{}) }

// errUnknown says that the kubeconfig is not known yet.
var errUnknown = errors.New("the provider's kubeconfig is not known yet")

// client speaks to one API server. What the server knows of is asked once.
type client struct {
	dynamic   dynamic.Interface
	discovery discovery.CachedDiscoveryInterface
	mapper    *restmapper.DeferredDiscoveryRESTMapper
}

// load reads the kubeconfig as kubectl would.
func (c config) load() (clientcmd.ClientConfig, error) {
	if c.kubeconfig == "" {
		return nil, errUnknown
	}
	file, err := clientcmd.Load([]byte(c.kubeconfig))
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	return clientcmd.NewDefaultClientConfig(*file, &clientcmd.ConfigOverrides{
		CurrentContext: c.context,
		Context:        api.Context{Cluster: c.cluster, Namespace: c.namespace},
	}), nil
}

// server returns the API server's address, which must be the sandbox's.
func (c config) server() (string, error) {
	loaded, err := c.load()
	if err != nil {
		return "", err
	}
	settings, err := loaded.ClientConfig()
	if err != nil {
		return "", fmt.Errorf("kubeconfig: %w", err)
	}
	return settings.Host, checkServer(settings.Host)
}

// defaultNamespace is where an object goes that names no namespace.
func (c config) defaultNamespace() string {
	loaded, err := c.load()
	if err == nil {
		if namespace, _, err := loaded.Namespace(); err == nil {
			return namespace
		}
	}
	return c.namespace
}

// connect returns the one client of the process. An error means that the
// cluster cannot be reached, or not yet; the next call tries again.
func (s *standIn) connect() (*client, error) {
	s.connecting.Lock()
	defer s.connecting.Unlock()
	if s.connected != nil {
		return s.connected, nil
	}
	if _, err := s.config.server(); err != nil {
		return nil, err
	}
	loaded, err := s.config.load()
	if err != nil {
		return nil, err
	}
	settings, err := loaded.ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	settings.QPS = -1 // the server is on this machine, and all ours
	settings.UserAgent = "pulumi-kubernetes/" + s.Version.String()
	settings.WarningHandlerWithContext = collector{}
	way := &gateway{home: s.home}
	settings.WrapTransport = func(http.RoundTripper) http.RoundTripper { return way }
	asked, err := discovery.NewDiscoveryClientForConfig(settings)
	if err != nil {
		return nil, err
	}
	cached := memory.NewMemCacheClient(asked)
	if _, err := cached.ServerGroups(); err != nil {
		return nil, fmt.Errorf("ask the cluster what it serves: %w", err)
	}
	made, err := dynamic.NewForConfig(settings)
	if err != nil {
		return nil, err
	}
	s.connected = &client{dynamic: made, discovery: cached, mapper: restmapper.NewDeferredDiscoveryRESTMapper(cached)}
	return s.connected, nil
}

// kind finds where the server serves a kind. A kind that it did not serve
// before may have been defined meanwhile.
func (c *client) kind(gvk schema.GroupVersionKind) (*meta.RESTMapping, error) {
	return c.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
}

// at returns the collection that holds objects of the kind.
func (c *client) at(mapping *meta.RESTMapping, namespace string) dynamic.ResourceInterface {
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		return c.dynamic.Resource(mapping.Resource).Namespace(namespace)
	}
	return c.dynamic.Resource(mapping.Resource)
}
