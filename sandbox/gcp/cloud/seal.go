package cloud

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/atomicfile"
)

// sealedKey marks, as the only key of an object, a sealed value. Its value is
// base64 of a nonce and of the value's JSON under AES-256-GCM.
const sealedKey = "$sealed"

const keySize = 32

// seal hides secret values on disk. Its key lies outside the cloud's
// directory, so that the directory can be shown to others.
type seal struct {
	key  []byte
	aead cipher.AEAD
}

// openSeal reads the key, and makes one the first time.
func openSeal(path string) (*seal, error) {
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key = make([]byte, keySize)
		rand.Read(key)
		err = atomicfile.Write(path, key, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("the key of the emulated cloud's secrets: %w", err)
	}
	if len(key) != keySize {
		return nil, fmt.Errorf("the key of the emulated cloud's secrets, %s, has %d bytes, not %d: run make down, delete it, and run make up", path, len(key), keySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("the key %s: %w", path, err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("the key %s: %w", path, err)
	}
	return &seal{key: key, aead: aead}, nil
}

// plainMap is a property map as JSON knows it, with every secret sealed.
func (s *seal) plainMap(m resource.PropertyMap) (map[string]any, error) {
	out := make(map[string]any, len(m))
	for key, value := range m {
		plain, err := s.plain(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		out[string(key)] = plain
	}
	return out, nil
}

func (s *seal) plain(v resource.PropertyValue) (any, error) {
	switch {
	case v.IsNull(), v.IsBool(), v.IsNumber(), v.IsString():
		return v.V, nil
	case v.IsArray():
		out := make([]any, len(v.ArrayValue()))
		for i, element := range v.ArrayValue() {
			plain, err := s.plain(element)
			if err != nil {
				return nil, fmt.Errorf("[%d]: %w", i, err)
			}
			out[i] = plain
		}
		return out, nil
	case v.IsObject():
		return s.plainMap(v.ObjectValue())
	case v.IsSecret():
		inner, err := s.plain(v.SecretValue().Element)
		if err != nil {
			return nil, err
		}
		return s.close(inner)
	case v.IsOutput() && v.OutputValue().Known:
		if v.OutputValue().Secret {
			return s.plain(resource.MakeSecret(v.OutputValue().Element))
		}
		return s.plain(v.OutputValue().Element)
	default:
		return nil, fmt.Errorf("a value of type %s cannot be kept", v.TypeString())
	}
}

func (s *seal) close(value any) (any, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	nonce := make([]byte, s.aead.NonceSize())
	rand.Read(nonce)
	return map[string]any{sealedKey: base64.StdEncoding.EncodeToString(s.aead.Seal(nonce, nonce, text, nil))}, nil
}

func (s *seal) openMap(m map[string]any) (resource.PropertyMap, error) {
	out := make(resource.PropertyMap, len(m))
	for key, value := range m {
		opened, err := s.open(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		out[resource.PropertyKey(key)] = opened
	}
	return out, nil
}

func (s *seal) open(value any) (resource.PropertyValue, error) {
	switch v := value.(type) {
	case []any:
		out := make([]resource.PropertyValue, len(v))
		for i, element := range v {
			opened, err := s.open(element)
			if err != nil {
				return resource.PropertyValue{}, fmt.Errorf("[%d]: %w", i, err)
			}
			out[i] = opened
		}
		return resource.NewProperty(out), nil
	case map[string]any:
		if text, ok := v[sealedKey].(string); ok && len(v) == 1 {
			return s.unseal(text)
		}
		opened, err := s.openMap(v)
		return resource.NewProperty(opened), err
	default:
		return resource.NewPropertyValue(v), nil
	}
}

func (s *seal) unseal(text string) (resource.PropertyValue, error) {
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(sealed) < s.aead.NonceSize() {
		return resource.PropertyValue{}, errors.New("the sealed value is damaged")
	}
	nonce, body := sealed[:s.aead.NonceSize()], sealed[s.aead.NonceSize():]
	plain, err := s.aead.Open(nil, nonce, body, nil)
	if err != nil {
		return resource.PropertyValue{}, errors.New("the sealed value was sealed with another key")
	}
	var value any
	if err := json.Unmarshal(plain, &value); err != nil {
		return resource.PropertyValue{}, errors.New("the sealed value is damaged")
	}
	opened, err := s.open(value)
	return resource.MakeSecret(opened), err
}
